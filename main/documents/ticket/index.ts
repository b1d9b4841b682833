export { REPRINT_WORDS, TRAINING_WORDS, ticketPaper } from './ticket.ts';
export { sampleTicket } from './sample.ts';
