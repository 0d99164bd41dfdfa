/** How does a chosen file look in small? A picture as itself, anything else as a sheet of paper. */
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { UploadedFile } from "../../sdk/types.ts";

interface Props { source: File | null; file: UploadedFile | null; load: (id: string) => Promise<Blob>; failed?: boolean }

/** Decoration: the name stands beside it. */
export function Thumbnail({ source, file, load, failed = false }: Props) {
  const address = useAddress(source, file, load);
  const [undrawn, setUndrawn] = useState<string | null>(null); // this browser cannot draw every kind that a camera makes
  if (failed) return <span class="tile tile--failed"><Icon name="alert" /></span>;
  return address && address !== undrawn ? <img class="thumbnail" src={address} alt="" onError={() => setUndrawn(address)} /> : <span class="tile tile--plain"><Icon name="note" /></span>;
}

/** From this device where it was chosen here, else from the server; null for what is no picture. */
export function useAddress(source: Blob | null, file: UploadedFile | null, load: Props["load"]): string | null {
  const [address, setAddress] = useState<string | null>(null);
  const isPicture = (source ?? file)?.type.startsWith("image/") ?? false;
  useEffect(() => {
    if (!isPicture) return;
    let made: string | null = null;
    let over = false;
    const show = (blob: Blob): void => { if (!over) setAddress((made = URL.createObjectURL(blob))); };
    if (source) show(source);
    else if (file) load(file.id).then(show, () => undefined);
    return () => { over = true; if (made) URL.revokeObjectURL(made); setAddress(null); };
  }, [source, source ? null : file?.id, isPicture]);
  return address;
}
