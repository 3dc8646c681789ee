import { jsonEncoder } from '@trpc/server/adapters/ws';
import type { Encoder } from '@trpc/server/adapters/ws';

type TrackedData = {
	readonly id: number | string;
	readonly jsonrpc: unknown;
	readonly eventId: string;
	readonly message: object;
};

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

/**
 * The parts of a tracked value as tRPC sends it (`adapters/ws.ts`):
 * `{ id, jsonrpc?, result: { type: 'data', data: { id, data: <message> }, id } }`. Null for all else.
 */
function trackedData(envelope: unknown): TrackedData | null {
	if (!isRecord(envelope) || !isRecord(envelope['result'])) return null;
	const { id, jsonrpc, result } = envelope;
	if (typeof id !== 'number' && typeof id !== 'string') return null;
	const { type, id: eventId, data } = result;
	if (type !== 'data' || typeof eventId !== 'string' || !isRecord(data)) return null;
	return data['id'] === eventId && isRecord(data['data'])
		? { id, jsonrpc, eventId, message: data['data'] }
		: null;
}

/** A message's JSON, and the bytes of the whole for each head that it was sent with. */
type Encoded = {
	readonly json: string;
	readonly envelopes: Map<string, Uint8Array<ArrayBuffer>>;
	keptBytes: number;
};

/**
 * Bytes kept of one message. A snapshot lives for as long as its show does not change, and its heads bear
 * numbers that clients choose: a client that subscribes again and again would else fill the memory.
 */
const MAX_KEPT_BYTES = 2 * 1024 * 1024;

/**
 * Encodes each live message once per process, however many consoles it goes to: they all get the same
 * object from the hub, so its JSON is kept beside it for as long as it lives. Messages must not change
 * once they were sent. Encoding is most of what a delivered batch costs. Consoles count their requests from
 * one, so that most of them share the bytes of the whole frame too.
 */
export function createLiveEncoder(
	stringify: (message: object) => string = JSON.stringify
): Encoder {
	const encoded = new WeakMap<object, Encoded>();

	function encodedMessage(message: object): Encoded {
		const known = encoded.get(message);
		if (known) return known;
		const first = {
			json: stringify(message),
			envelopes: new Map<string, Uint8Array<ArrayBuffer>>(),
			keptBytes: 0
		};
		encoded.set(message, first);
		return first;
	}

	return {
		encode(envelope) {
			const tracked = trackedData(envelope);
			if (!tracked) return jsonEncoder.encode(envelope);
			const { id, jsonrpc, eventId, message } = tracked;
			const kept = encodedMessage(message);
			const { json, envelopes } = kept;
			const version = jsonrpc === undefined ? '' : `"jsonrpc":${JSON.stringify(jsonrpc)},`;
			const head = `{"id":${JSON.stringify(id)},${version}"result":{"type":"data","data":{"id":${JSON.stringify(eventId)},"data":`;
			const known = envelopes.get(head);
			if (known) return known;
			const bytes = Buffer.from(`${head}${json}},"id":${JSON.stringify(eventId)}}}`);
			if (envelopes.size === 0 || kept.keptBytes + bytes.byteLength <= MAX_KEPT_BYTES) {
				envelopes.set(head, bytes);
				kept.keptBytes += bytes.byteLength;
			}
			return bytes;
		},
		decode: jsonEncoder.decode
	};
}
