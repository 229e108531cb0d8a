/** Form fields: label, hint, and what is wrong with them. */
import { CircleAlert } from "lucide-react";
import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from "react";
import { cx } from "@/lib/class-names";

const INPUT =
  "w-full rounded-lg border border-line bg-surface text-ink shadow-card transition-colors hover:border-line-strong/60 " +
  "focus-visible:outline-offset-0 aria-invalid:border-bad";

const HEIGHTS = { md: "h-9", sm: "h-8", xs: "h-7" };

interface TextInputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "size"> {
  /** How high; not how many letters wide. */
  size?: keyof typeof HEIGHTS;
}

export function TextInput({ size = "md", className, ...rest }: TextInputProps) {
  return <input className={cx(INPUT, HEIGHTS[size], "px-3", className)} {...rest} />;
}

export function TextArea({ className, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return <textarea className={cx(INPUT, "min-h-20 px-3 py-2 leading-relaxed", className)} {...rest} />;
}

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string;
  optional?: boolean;
  /** At the right of the label. */
  aside?: ReactNode;
  children: (ids: { id: string; "aria-describedby"?: string; "aria-invalid"?: true }) => ReactNode;
}

export function Field({ label, hint, error, optional, aside, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="text-[0.8125rem] font-medium">
          {label}
          {optional && <span className="ml-1.5 font-normal text-ink-faint">optional</span>}
        </label>
        {aside}
      </div>
      {children({
        id,
        "aria-describedby": note === undefined ? undefined : `${id}-note`,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {error !== undefined ? (
        <p
          id={`${id}-note`}
          role="alert"
          className="mt-1.5 flex items-start gap-1.5 text-[0.8125rem] text-bad"
        >
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span className="min-w-0 break-words">{error}</span>
        </p>
      ) : (
        hint !== undefined && (
          <p id={`${id}-note`} className="mt-1.5 text-[0.8125rem] text-ink-faint">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

/** Two fields beside each other, on small screens one below the other. */
export function FieldPair({ children }: { children: ReactNode }) {
  return <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1 max-sm:gap-y-5">{children}</div>;
}
