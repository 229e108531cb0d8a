/** Copies the address of the page as it is shown. */
import { Check, Link2 } from "lucide-react";
import { Button } from "@/components/button";
import { useCopy } from "@/lib/copy";

export function CopyLink() {
  const [copied, copy] = useCopy();
  return (
    <Button
      look="ghost"
      size="sm"
      icon={copied ? <Check aria-hidden className="text-good" /> : <Link2 aria-hidden />}
      onClick={() => copy(location.href)}
    >
      {copied ? "Link copied" : "Copy link"}
    </Button>
  );
}
