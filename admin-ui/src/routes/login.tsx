/** Signing in with an API key, where the server asks for one. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { LogIn } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button, buttonLook } from "@/components/button";
import { Field, TextInput } from "@/components/field";
import { getSession, openSession } from "@/lib/api";
import { asApiError } from "@/lib/problem";
import { useTitle } from "@/lib/title";

const route = getRouteApi("/login");

export default function LoginPage() {
  useTitle("Sign in");
  const { next = "/ui/runs" } = route.useSearch();
  const [key, setKey] = useState("");
  const session = useQuery({ queryKey: ["session"], queryFn: ({ signal }) => getSession(signal) });
  const signIn = useMutation({
    mutationFn: () => openSession(key),
    // Loaded anew, so that nothing of an earlier session is left.
    onSuccess: () => window.location.replace(next),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <main id="main" className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 px-4">
      <h1 className="flex items-center gap-3 text-2xl font-semibold tracking-tight">
        <img src="/ui/favicon.svg" alt="" className="size-8" /> AgentSkills
      </h1>
      {session.data?.signed_in ? (
        <a href={next} className={buttonLook("primary")}>
          You are signed in. Go on
        </a>
      ) : (
        <form className="space-y-4" onSubmit={submit}>
          <Field
            label="API key"
            hint="One of the keys that this server was started with (ASF_API_KEYS)."
            error={signIn.error ? asApiError(signIn.error).detail : undefined}
          >
            {(ids) => (
              <TextInput
                {...ids}
                type="password"
                autoComplete="current-password"
                autoFocus
                value={key}
                onChange={(event) => setKey(event.target.value)}
              />
            )}
          </Field>
          <Button
            type="submit"
            look="primary"
            icon={<LogIn aria-hidden />}
            busy={signIn.isPending || signIn.isSuccess}
            disabled={key.trim() === ""}
          >
            Sign in
          </Button>
        </form>
      )}
    </main>
  );
}
