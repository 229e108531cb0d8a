/** Ends the session, and leads to where one begins. */
import { closeSession } from "./api";

export async function signOut(): Promise<void> {
  await closeSession();
  window.location.assign("/ui/login");
}
