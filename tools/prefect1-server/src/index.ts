export type { Fault } from './http/faults';
export type { Counts } from './http/requests';
export { type DevelopmentServer, type ServerOptions, startServer } from './server';
