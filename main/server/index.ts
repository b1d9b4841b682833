export { startServer, type Server, type ServerOptions } from './server.ts';
export { createPairing, serverMigrations, type Devices, type PairedDevice, type ScreenRole } from './devices.ts';
export { createFiles, type FileLink, type Files } from './files.ts';
export { systemHandlers } from './handlers.ts';
