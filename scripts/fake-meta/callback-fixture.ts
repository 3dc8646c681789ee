import { createServer } from 'node:http';
import { z } from 'zod';
import { signature256 } from './http/signature.ts';

const changeSchema = z.object({ field: z.string(), value: z.looseObject({}) });
const entrySchema = z.looseObject({
	id: z.string(),
	time: z.number(),
	changes: z.array(changeSchema).optional()
});
const payloadSchema = z.object({ object: z.string(), entry: z.array(entrySchema) });
export type Payload = z.output<typeof payloadSchema>;

export type Received = {
	readonly body: string;
	readonly signature: string;
	/** Whether the signature is that of the bytes and the app's secret. */
	readonly isGenuine: boolean;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

/** What a delivery says; from an array root, its first object. */
export function payloadOf({ body }: Received): Payload {
	const parsed: unknown = JSON.parse(body);
	return payloadSchema.parse(Array.isArray(parsed) ? parsed[0] : parsed);
}

/** Own parts or whole ids of the comments in a delivery, whatever its shape. */
export function commentIdsOf(received: Received): string[] {
	const value = z.looseObject({
		id: z.string().optional(),
		comment_id: z.string().optional()
	});
	return payloadOf(received).entry.flatMap((entry) => {
		const values: unknown[] = entry.changes?.map((change) => change.value) ?? [entry['value']];
		return values.map((raw) => {
			const { id, comment_id: commentId } = value.parse(raw);
			return (commentId ?? id ?? '').split('_').at(-1) ?? '';
		});
	});
}

/** An app's webhook endpoint: shakes hands, keeps what it gets and answers as told. */
export class CallbackServer {
	readonly url: string;
	readonly received: Received[] = [];
	/** Status of the next answers; null: no answer at all. */
	answer: (delivery: Received, count: number) => number | null = () => 200;
	/** What the handshake is answered with. */
	handshake: (challenge: string) => string = (challenge) => challenge;
	readonly #server;

	private constructor(server: ReturnType<typeof createServer>, url: string) {
		this.#server = server;
		this.url = url;
	}

	static async start(
		about: { verifyToken?: string; secret?: string } = {}
	): Promise<CallbackServer> {
		const { verifyToken = 'test_verify_token', secret = 'test_app_secret' } = about;
		const server = createServer((request, response) => {
			void (async () => {
				const query = new URL(request.url ?? '/', 'http://x').searchParams;
				if (request.method === 'GET') {
					const isWelcome =
						query.get('hub.mode') === 'subscribe' && query.get('hub.verify_token') === verifyToken;
					response.writeHead(isWelcome ? 200 : 403);
					response.end(callback.handshake(query.get('hub.challenge') ?? ''));
					return;
				}
				const chunks: Buffer[] = [];
				for await (const chunk of request) chunks.push(Buffer.from(chunk));
				const body = Buffer.concat(chunks);
				const signature = String(request.headers['x-hub-signature-256'] ?? '');
				const received: Received = {
					body: body.toString('utf8'),
					signature,
					isGenuine: signature === signature256(secret, body),
					headers: request.headers
				};
				callback.received.push(received);
				const status = callback.answer(received, callback.received.length);
				if (status !== null) response.writeHead(status).end();
			})();
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		const port = typeof address === 'object' ? address?.port : undefined;
		const callback = new CallbackServer(server, `http://127.0.0.1:${port}/webhooks/meta`);
		return callback;
	}

	/** Ids of all comments that came, in order, with repetitions. */
	get commentIds(): string[] {
		return this.received.flatMap(commentIdsOf);
	}

	async stop(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.#server.close(() => resolve());
			this.#server.closeAllConnections();
		});
	}
}
