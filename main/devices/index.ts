export * from './raster/index.ts';
export { createHealth, type HealthCell, type HealthSource } from './health.ts';
export { createJobs, migrations, type Jobs } from './jobs.ts';
export { createTicketPrinter, PRINTER_TIMES, type PrinterTimes, type TicketPrinter } from './printer/ticket-printer.ts';
export { PROFILES, profileOf, type PrinterProfile, type TextMode } from './printer/profile.ts';
export { encodeRaster } from './printer/raster-mode.ts';
export { serialTransport } from './transports/serial.ts';
export { tcpTransport } from './transports/tcp.ts';
export type { Connection, Transport } from './transports/transport.ts';
