/** The run page before the run is there. */
import { LoadingRows, Skeleton } from "@/components/empty";

export function RunLoading() {
  return (
    <div>
      <Skeleton className="mb-3 h-7 w-80 max-w-full" />
      <Skeleton className="mb-6 h-4 w-56" />
      <Skeleton className="mb-6 h-18 rounded-xl" />
      <LoadingRows rows={4} />
    </div>
  );
}
