export class BodyTooLargeError extends Error {
	override readonly name = 'BodyTooLargeError';

	constructor(limitBytes: number) {
		super(`The request is larger than ${limitBytes} bytes.`);
	}
}

/**
 * The request with its body in memory. Throws `BodyTooLargeError` as soon as it turns out larger than
 * the limit: a client need not say the length, and need not tell the truth.
 */
export async function limitBody(request: Request, limitBytes: number): Promise<Request> {
	if (request.body === null) return request;
	if (Number(request.headers.get('content-length') ?? 0) > limitBytes) {
		throw new BodyTooLargeError(limitBytes);
	}
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of request.body) {
		size += chunk.byteLength;
		if (size > limitBytes) throw new BodyTooLargeError(limitBytes);
		chunks.push(chunk);
	}
	return new Request(request.url, {
		method: request.method,
		headers: request.headers,
		body: Buffer.concat(chunks),
		signal: request.signal
	});
}
