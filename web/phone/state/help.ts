/** Where does the app ask what help is at hand? */

/** Beside this run, or beside none. */
export const helpPath = (run: string | null): string => `/v1/help${run ? `?run_id=${run}` : ""}`;
