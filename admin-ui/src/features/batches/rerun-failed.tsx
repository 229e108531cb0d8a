/** Reruns what has failed in a batch, in a batch of its own. */
import { useMutation } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { lazy, Suspense } from "react";
import { Button } from "@/components/button";
import { type Batch, failedReruns } from "@/lib/api/batches";
import { asApiError } from "@/lib/problem";

const BatchDialog = lazy(() => import("./batch-dialog").then((module) => ({ default: module.BatchDialog })));

export function RerunFailed({ batch }: { batch: Batch }) {
  const { id, name, counts } = batch;
  const look = useMutation({ mutationFn: () => failedReruns(id) });
  if (counts.failed === 0) return null;
  return (
    <>
      <Button icon={<RotateCcw aria-hidden />} busy={look.isPending} onClick={() => look.mutate()}>
        {counts.failed === 1
          ? "Rerun the failed one"
          : `Rerun the ${counts.failed.toLocaleString("en")} failed`}
      </Button>
      {look.isError && (
        <p role="alert" className="basis-full text-[0.8125rem] text-bad">
          {asApiError(look.error).detail}
        </p>
      )}
      {look.data && (
        <Suspense>
          <BatchDialog
            title={`Rerun what failed in ${name}`}
            target={{ ids: look.data }}
            first={{ name: `${name}: failed ones` }}
            onClose={look.reset}
          />
        </Suspense>
      )}
    </>
  );
}
