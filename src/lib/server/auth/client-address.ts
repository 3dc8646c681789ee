import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export type AddressSource = {
	/** Address of the other end of the TCP connection. */
	readonly peer: string | undefined;
	/** Value of the header that the trusted proxy sets, if one is configured and the request has it. */
	readonly forwarded: string | null | undefined;
};

/**
 * The address that limits count by. Of a forwarded list only the last entry is the trusted proxy's own
 * word; the ones before it are what the client claims.
 */
export function clientAddress({ peer, forwarded }: AddressSource): string {
	const claimed = forwarded?.split(',').at(-1)?.trim() ?? '';
	return isIP(claimed) ? claimed : (peer ?? 'unknown');
}

/** The address that an upgrade request comes from; `header`: the trusted proxy's, if one is configured. */
export function upgradeAddress(request: IncomingMessage, header: string | null): string {
	const forwarded = header === null ? null : request.headers[header];
	return clientAddress({
		peer: request.socket.remoteAddress,
		forwarded: Array.isArray(forwarded) ? forwarded.at(-1) : forwarded
	});
}

/** The eight groups of an IPv6 address without a zone; an embedded IPv4 part counts as two. */
function groupsOf(address: string): string[] {
	const [head = '', tail] = address.split('::', 2);
	const before = head === '' ? [] : head.split(':');
	if (tail === undefined) return before;
	const after = tail === '' ? [] : tail.split(':');
	const missing = Math.max(0, 8 - before.length - after.length);
	return [...before, ...Array.from({ length: missing }, () => '0'), ...after];
}

/**
 * What a limit counts as one client: an IPv4 address, or the /64 network of an IPv6 address, since one
 * household or machine has all of it.
 */
export function addressGroup(address: string): string {
	const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
	if (mapped !== undefined && isIP(mapped) === 4) return mapped;
	if (isIP(address) !== 6) return address;
	const groups = groupsOf(address.split('%', 1)[0] ?? '').slice(0, 4);
	return `${groups.map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`;
}
