import type { TicketContent } from '../../contract/paper.ts';

/** An invented ticket: the one that benches measure and the setup page prints. */
export const sampleTicket = (change: Partial<TicketContent> = {}): TicketContent => ({
  number: 'B 027',
  series: 'B',
  serviceName: 'Chứng thực bản sao, hộ tịch',
  issuedAt: Date.UTC(2026, 10, 20, 1, 5),
  waitFrom: 10,
  waitTo: 15,
  place: 'Trung tâm Phục vụ hành chính công phường Hoàn Kiếm',
  qr: 'QUAY:T:20261120:B027:7F3K',
  training: true,
  reprint: false,
  ...change,
});
