import { describe, expect, it } from 'vitest';
import { ticketContent } from '../../contract/paper.ts';
import { REPRINT_WORDS, sampleTicket, ticketPaper, TRAINING_WORDS } from './index.ts';

const words = (change: Parameters<typeof sampleTicket>[0] = {}): string[] =>
  ticketPaper(sampleTicket(change)).flatMap((block) => (block.kind === 'text' ? [block.text] : []));

describe('a ticket as paper', () => {
  it('says training and reprint only when it is one', () => {
    expect(words({ training: true })).toContain(TRAINING_WORDS);
    expect(words({ training: false })).not.toContain(TRAINING_WORDS);
    expect(words({ reprint: true })).toContain(REPRINT_WORDS);
    expect(words({ reprint: false })).not.toContain(REPRINT_WORDS);
  });
  it('has the number in the largest size, once, and the QR of the ticket', () => {
    const paper = ticketPaper(sampleTicket());
    expect(paper.filter((block) => block.kind === 'text' && block.size === 'number')).toMatchObject([{ text: 'B 027' }]);
    expect(paper.filter((block) => block.kind === 'qr')).toEqual([{ kind: 'qr', data: sampleTicket().qr }]);
  });
  it('tells the wait as a person would, and nothing when the queue cannot say', () => {
    expect(words({ waitFrom: 10, waitTo: 15 })).toContain('Chờ khoảng 10–15 phút');
    expect(words({ waitFrom: 5, waitTo: 5 })).toContain('Chờ khoảng 5 phút');
    expect(words({ waitFrom: 0, waitTo: 1 })).toContain('Sắp đến lượt');
    expect(words({ waitFrom: null, waitTo: null }).some((text) => text.startsWith('Chờ'))).toBe(false);
  });
  it('tells Vietnamese time, on the Vietnamese day', () => {
    expect(words({ issuedAt: Date.UTC(2026, 11, 31, 17, 30) })).toContain('Lấy số lúc 00:30 ngày 01/01/2027');
  });
  it('says priority once', () => {
    expect(words({ priority: 'Người cao tuổi' })).toContain('Ưu tiên: Người cao tuổi');
    expect(words({ priority: 'Ưu tiên' })).toContain('Ưu tiên');
  });
  it('comes from content that the contract accepts', () => {
    expect(ticketContent.parse(sampleTicket({ priority: 'Thương binh' }))).toEqual(sampleTicket({ priority: 'Thương binh' }));
  });
});
