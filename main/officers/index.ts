export { administers, createOfficers, type Officer, type OfficerInput, type Officers, type Session } from './officers.ts';
export { officersMigrations } from './migrations.ts';
