/** How do files of a run get to the server and back? The way those of messages do. */
import type { Api } from "../../sdk/api.ts";
import type { SendUp } from "../../sdk/picked.ts";
import { fetchTelling } from "../../sdk/progress.ts";
import type { UploadedFile } from "../../sdk/types.ts";

export interface RunFiles {
  send: SendUp;
  /** The content, for a small picture of it. */
  load: (id: string) => Promise<Blob>;
}

export const filesOver = (api: Api, conversation: string): RunFiles => ({
  send: (file, tell, signal) => api.over(fetchTelling(tell, signal)).upload<UploadedFile>(`/v1/conversations/${conversation}/files?name=${encodeURIComponent(file.name)}`, file),
  load: (id) => api.blob(`/v1/files/${id}`),
});
