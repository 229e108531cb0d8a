/** A check box with room for a finger around it. */
interface SelectBoxProps {
  label: string;
  on: boolean;
  /** Some of what it stands for is selected. */
  some?: boolean;
  /** `through`: the shift key was held. */
  onChange: (through: boolean) => void;
}

export function SelectBox({ label, on, some, onChange }: SelectBoxProps) {
  return (
    <label className="flex cursor-pointer items-center justify-center py-3 pr-1 pl-3 select-none max-md:-m-2 max-md:p-2.5">
      <input
        type="checkbox"
        aria-label={label}
        checked={on}
        ref={(box) => {
          if (box) box.indeterminate = Boolean(some) && !on;
        }}
        onChange={(event) => onChange((event.nativeEvent as MouseEvent).shiftKey === true)}
        className="size-4 accent-accent"
      />
    </label>
  );
}
