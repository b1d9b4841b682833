import { ticketQr, type TicketContent } from '../../contract/paper.ts';

/** An invented ticket: the one that benches measure and the setup page prints. */
export const sampleTicket = (change: Partial<TicketContent> = {}): TicketContent => ({
  number: 'B 027',
  series: 'B',
  serviceName: 'Chứng thực bản sao, hộ tịch',
  issuedAt: Date.UTC(2026, 10, 20, 1, 5),
  waitFrom: 10,
  waitTo: 15,
  place: 'Trung tâm Phục vụ hành chính công phường An Bình',
  qr: ticketQr('B 027', '5f0c2a9e-61d4-4f3b-9a57-2c1e8d7b6a90'),
  training: true,
  reprint: false,
  ...change,
});
