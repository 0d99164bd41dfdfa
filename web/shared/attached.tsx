/** How does a file of a message look? A picture as a picture, anything else as a line to save it by. */
import { useEffect, useState } from "preact/hooks";
import type { FileRef } from "../sdk/types.ts";
import { size } from "./format.ts";
import { Icon } from "./icon.tsx";

/** Fetches the content with the reader's token: no file has an address that shows it. */
export type LoadFile = (id: string) => Promise<Blob>;

export function Attached({ files, load }: { files: readonly FileRef[]; load: LoadFile }) {
  return <div class="files">{files.map((file) => (file.width ? <Picture key={file.id} file={file} load={load} /> : <Document key={file.id} file={file} load={load} />))}</div>;
}

function Picture({ file, load }: { file: FileRef; load: LoadFile }) {
  const [address, setAddress] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    setFailed(false);
    load(file.id).then((blob) => { if (!gone) setAddress((made = URL.createObjectURL(blob))); }, () => { if (!gone) setFailed(true); });
    return () => { gone = true; if (made) URL.revokeObjectURL(made); };
  }, [file.id, attempt]);
  if (failed) return <button type="button" class="file" onClick={() => setAttempt(attempt + 1)}><Icon name="alert" /><span class="clip">{file.name}</span>Try again</button>;
  const shape = { aspectRatio: `${file.width} / ${file.height}` };
  return (
    <button type="button" class="file-picture" style={shape} aria-label={`Save the photo ${file.name}`} data-testid="file-picture" onClick={() => void save(file, load)}>
      {address ? <img src={address} alt={file.name} width={file.width ?? undefined} height={file.height ?? undefined} /> : <span class="skeleton" />}
    </button>
  );
}

function Document({ file, load }: { file: FileRef; load: LoadFile }) {
  const [failed, setFailed] = useState(false);
  const onClick = (): void => { setFailed(false); save(file, load).catch(() => setFailed(true)); };
  return (
    <button type="button" class="file" data-testid="file-document" onClick={onClick}>
      <Icon name={failed ? "alert" : "clip"} /><span class="clip">{file.name}</span><small>{failed ? "Try again" : size(file.size)}</small>
    </button>
  );
}

async function save(file: FileRef, load: LoadFile): Promise<void> {
  const address = URL.createObjectURL(await load(file.id));
  const link = Object.assign(document.createElement("a"), { href: address, download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
