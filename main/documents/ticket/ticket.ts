import type { Paper, PaperBlock, TicketContent } from '../../contract/paper.ts';
import { VIETNAM_OFFSET_MS } from '../../store/index.ts';

/** Words that tell a training paper from a real one; also searched for by the tests that read tickets back. */
export const TRAINING_WORDS = 'TẬP HUẤN';
export const REPRINT_WORDS = 'BẢN IN LẠI';

/**
 * A queue ticket as blocks of paper: what a person in the hall looks for first (the number) is largest; reprints and
 * training say so above the number, where a thumb does not cover it.
 */
export function ticketPaper(ticket: TicketContent): Paper {
  const blocks: PaperBlock[] = [];
  const text = (words: string, size: 'small' | 'normal' | 'large' | 'number', bold = false) =>
    void blocks.push({ kind: 'text', text: words, size, bold, align: 'center' });
  if (ticket.training) text(TRAINING_WORDS, 'normal', true);
  text(ticket.place, 'small', true);
  blocks.push({ kind: 'space', mm: 1.5 });
  if (ticket.reprint) text(REPRINT_WORDS, 'large', true);
  text('Số thứ tự', 'small');
  text(ticket.number, 'number', true);
  text(ticket.serviceName, 'normal', true);
  if (ticket.priority) text(ticket.priority.startsWith('Ưu tiên') ? ticket.priority : `Ưu tiên: ${ticket.priority}`, 'normal');
  blocks.push({ kind: 'space', mm: 1 });
  const wait = waitWords(ticket);
  if (wait) text(wait, 'small');
  text(`Lấy số lúc ${dayAndTime(ticket.issuedAt)}`, 'small');
  blocks.push({ kind: 'space', mm: 2 }, { kind: 'qr', data: ticket.qr }, { kind: 'space', mm: 1.5 });
  return blocks;
}

function waitWords({ waitFrom, waitTo }: TicketContent): string | null {
  if (waitFrom === null || waitTo === null) return null;
  if (waitTo <= 1) return 'Sắp đến lượt';
  return waitFrom === waitTo ? `Chờ khoảng ${waitTo} phút` : `Chờ khoảng ${waitFrom}–${waitTo} phút`;
}

/** `08:05 ngày 20/11/2026`, Vietnamese wall time. */
function dayAndTime(ms: number): string {
  const iso = new Date(ms + VIETNAM_OFFSET_MS).toISOString();
  return `${iso.slice(11, 16)} ngày ${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(0, 4)}`;
}
