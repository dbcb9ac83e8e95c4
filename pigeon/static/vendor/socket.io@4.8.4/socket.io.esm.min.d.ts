/* What core/socket.js uses of the vendored client. */
interface Socket {
  connected: boolean;
  connect(): void;
  disconnect(): void;
  on(name: string, listener: (detail: any) => void): void;
  onAny(listener: (name: string, payload: any) => void): void;
  timeout(ms: number): { emitWithAck(name: string, payload: unknown): Promise<any> };
}
export function io(options: { transports: string[]; auth?: (tell: (data: object) => void) => void }): Socket;
