/** The page of one thing: the way back to its list, its name, and what is there once it has been read. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { LoadingRows } from "./empty";
import { Page } from "./layout";
import { ProblemNotice } from "./problem-notice";

interface NounPageProps<T> {
  /** A BackLink. */
  back: ReactNode;
  name: ReactNode;
  found: UseQueryResult<T>;
  children: (found: T) => ReactNode;
}

export function NounPage<T>({ back, name, found, children }: NounPageProps<T>) {
  return (
    <div className="mx-auto max-w-[72rem]">
      <Page
        title={
          <>
            {back}
            <span className="block">{name}</span>
          </>
        }
      >
        {found.isPending && <LoadingRows rows={4} />}
        {found.isError && (
          <div className="mb-4">
            <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />
          </div>
        )}
        {found.data !== undefined && children(found.data)}
      </Page>
    </div>
  );
}
