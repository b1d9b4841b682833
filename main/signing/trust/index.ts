export { assess, issuersOf, trustOf, type Assessment } from './assess.ts';
export { collectLongTerm, completePool, type LongTermData, type LongTermOptions } from './longterm.ts';
export { fetchBytes, type Fetcher } from './http.ts';
export { ANNOUNCE_DAYS, daysLeft, keyName, refuseCertificate } from './policy.ts';
export { requestTimestamp, TimestampError, type TsaOptions } from './tsa.ts';
