export class BodyTooLargeError extends Error {
	override readonly name = 'BodyTooLargeError';

	constructor(limitBytes: number) {
		super(`The request is larger than ${limitBytes} bytes.`);
	}
}

export class BodyTooSlowError extends Error {
	override readonly name = 'BodyTooSlowError';

	constructor(timeoutMs: number) {
		super(`The request took longer than ${timeoutMs / 1_000} seconds to arrive.`);
	}
}

export type BodyLimits = {
	readonly bytes: number;
	/** How long the whole body may take to arrive. */
	readonly timeoutMs: number;
};

/**
 * The body's bytes as they came. Throws `BodyTooLargeError` as soon as it turns out larger than the limit (a
 * client need not say the length, and need not tell the truth), and `BodyTooSlowError`. The rest is not
 * waited for.
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<Buffer> {
	const { bytes, timeoutMs } = limits;
	if (Number(request.headers.get('content-length') ?? 0) > bytes) {
		throw new BodyTooLargeError(bytes);
	}
	const reader = request.body?.getReader();
	if (!reader) return Buffer.alloc(0);
	const late = AbortSignal.timeout(timeoutMs);
	// A cancelled reader says that the body is done.
	const cancel = (): void => void reader.cancel().catch(() => undefined);
	late.addEventListener('abort', cancel, { once: true });
	const chunks: Uint8Array[] = [];
	let size = 0;
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (late.aborted) throw new BodyTooSlowError(timeoutMs);
			if (done) return Buffer.concat(chunks);
			size += value.byteLength;
			if (size > bytes) {
				cancel();
				throw new BodyTooLargeError(bytes);
			}
			chunks.push(value);
		}
	} finally {
		late.removeEventListener('abort', cancel);
	}
}

/** The request with its body in memory. Throws as `readBody`. */
export async function limitBody(request: Request, limits: BodyLimits): Promise<Request> {
	if (request.body === null) return request;
	return new Request(request.url, {
		method: request.method,
		headers: request.headers,
		body: new Uint8Array(await readBody(request, limits)),
		signal: request.signal
	});
}
