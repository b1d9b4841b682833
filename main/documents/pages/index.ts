export { inspectJpeg, NotJpegError, type JpegInfo } from './jpeg.ts';
export { writePagesPdf, type PdfOptions, type PdfPage, type WrittenPdf } from './pdf.ts';
export { createPageWorker, PageWorkError, PageWorkMissingError, type PageWorker } from './page-worker.ts';
export { LEAST_DPI, type ImprovedPage, type Improvement, type Look } from './improve.ts';
export { SEPARATOR_CODE, separatorSheet, splitBatch } from './separator.ts';
