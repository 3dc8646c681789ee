import { MAX_WEBHOOK_BYTES } from './channels/webhook-receiver.ts';
import type { Receipt, WebhookReceiver } from './channels/webhook-receiver.ts';
import { BodyTooLargeError, limitBody } from './trpc/limit-body.ts';

/** How long a delivery's body may take to arrive; Meta sends it at once. */
const BODY_TIMEOUT_MS = 10_000;

const STATUS: Record<Receipt, number> = { accepted: 200, forged: 401, busy: 503 };

const plain = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/** Answers Meta's handshake (PLATFORMS 3.2): the challenge as it is, or 403. */
export function answerChallenge(
	receiver: WebhookReceiver | null,
	query: URLSearchParams
): Response {
	const challenge = receiver?.challenge(query) ?? null;
	return challenge === null
		? new Response('Forbidden', { status: 403, headers: plain })
		: new Response(challenge, { headers: plain });
}

/**
 * Answers a delivery: 200 once it is stored, 401 when Meta did not sign it, 503 when it can't be taken
 * now. Meta comes again with everything but a 200 (PLATFORMS 3.5).
 */
export async function answerDelivery(
	receiver: WebhookReceiver | null,
	request: Request
): Promise<Response> {
	if (!receiver) return new Response('Not found', { status: 404, headers: plain });
	const signature = request.headers.get('x-hub-signature-256');
	const receipt = await receiver.receive(signature, () => readRaw(request)).catch(() => null);
	return new Response(null, { status: receipt === null ? 503 : STATUS[receipt], headers: plain });
}

/** The body's bytes as they came; null when there are too many, or they come too slowly. */
async function readRaw(request: Request): Promise<Uint8Array | null> {
	const timeout = AbortSignal.timeout(BODY_TIMEOUT_MS);
	const { promise: late, resolve } = Promise.withResolvers<null>();
	timeout.addEventListener('abort', () => resolve(null), { once: true });
	const body = limitBody(request, MAX_WEBHOOK_BYTES).then(
		async (limited) => new Uint8Array(await limited.arrayBuffer()),
		(error: unknown) => {
			if (error instanceof BodyTooLargeError) return null;
			throw error;
		}
	);
	return await Promise.race([body, late]);
}
