/** Copies the address of the page as it is shown. */
import { Check, Link2 } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/button";

export function CopyLink() {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      look="ghost"
      size="sm"
      icon={copied ? <Check aria-hidden className="text-good" /> : <Link2 aria-hidden />}
      onClick={() => navigator.clipboard?.writeText(location.href).then(() => setCopied(true))}
    >
      {copied ? "Link copied" : "Copy link"}
    </Button>
  );
}
