import { resolve } from '$app/paths';

/** Where accounts are connected; with a connection's id, where that one is connected again. */
export function connectionsAddress(connectionId: string | null = null): string {
	const page = resolve('/connections');
	return connectionId === null ? page : `${page}?reconnect=${encodeURIComponent(connectionId)}`;
}
