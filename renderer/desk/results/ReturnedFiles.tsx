import { useState } from 'react';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';
import { PaperDialog } from './PaperDialog.tsx';

export type InboxItem = Awaited<ReturnType<typeof client.delivery.inbox>>[number];
type File = InboxItem['files'][number];

/** Files that came back from the province, checked against their hash when they came: a PDF opens here, anything else is saved. */
export function ReturnedFiles({ item }: { item: Pick<InboxItem, 'id' | 'files'> }) {
  const say = useSay();
  const { run, busy, trouble, dismiss } = useCommand();
  const [open, setOpen] = useState<{ file: File; url: string } | null>(null);
  const look = (file: File) =>
    void run('open', () => client.delivery.inboxFile({ id: item.id, sha256: file.sha256 })).then((link) => {
      if (!link) return;
      if (link.type === 'application/pdf') setOpen({ file, url: link.url });
      else Object.assign(document.createElement('a'), { href: link.url, download: link.name }).click();
    });
  return (
    <>
      {item.files.map((file) => (
        <button key={file.sha256} type="button" className="btn sm" aria-disabled={busy !== null} onClick={() => look(file)}>
          <Icon name="doc" size="s" />
          {say(`Xem ${file.name}`, `Look at ${file.name}`)}
        </button>
      ))}
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      {open ? <PaperDialog name={open.file.name} url={open.url} sha256={open.file.sha256} onClose={() => setOpen(null)} /> : null}
    </>
  );
}
