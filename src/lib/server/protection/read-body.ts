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
 * client need not say the length, and need not tell the truth), and `BodyTooSlowError`. The rest is then
 * neither waited for nor cancelled: that would cut the connection before the client has its answer. Node
 * throws away what still comes.
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<Buffer> {
	const { bytes, timeoutMs } = limits;
	if (Number(request.headers.get('content-length') ?? 0) > bytes) {
		throw new BodyTooLargeError(bytes);
	}
	const reader = request.body?.getReader();
	if (!reader) return Buffer.alloc(0);
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(() => late.reject(new BodyTooSlowError(timeoutMs)), timeoutMs);
	const chunks: Uint8Array[] = [];
	let size = 0;
	try {
		for (;;) {
			const { done, value } = await Promise.race([reader.read(), late.promise]);
			if (done) return Buffer.concat(chunks);
			size += value.byteLength;
			if (size > bytes) throw new BodyTooLargeError(bytes);
			chunks.push(value);
		}
	} finally {
		clearTimeout(timer);
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
