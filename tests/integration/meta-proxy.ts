import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';

/** What becomes of a call: it goes on, perhaps with its address changed, or an edge server fails it. */
export type Interception = (url: URL, method: string) => 'pass' | 'fail' | Promise<'pass' | 'fail'>;

export type GraphProxy = { readonly base: string; stop(): Promise<void> };

/** Hop-by-hop headers, and those that `fetch` sets itself. */
const OWN_HEADERS = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

async function readBody(request: IncomingMessage): Promise<string> {
	let body = '';
	for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
	return body;
}

/** Stands between the product and the fake’s Graph API, for troubles of one call among others. */
export async function startGraphProxy(
	target: string,
	intercept: Interception
): Promise<GraphProxy> {
	const forward = async (request: IncomingMessage): Promise<Response> => {
		const url = new URL(`${target}${request.url ?? '/'}`);
		const method = request.method ?? 'GET';
		if ((await intercept(url, method)) === 'fail') {
			return new Response('<html><h1>Bad Gateway</h1></html>', { status: 502 });
		}
		const headers = new Headers();
		for (const [name, value] of Object.entries(request.headers)) {
			if (typeof value === 'string' && !OWN_HEADERS.has(name)) headers.set(name, value);
		}
		const body = await readBody(request);
		return await fetch(url, { method, headers, body: body === '' ? null : body });
	};
	const server = createServer((request, response) => {
		forward(request)
			.then(async (answer) => {
				const type = answer.headers.get('content-type') ?? 'text/html';
				response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
			})
			.catch(() => response.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return {
		base: `http://127.0.0.1:${address.port}`,
		stop: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		}
	};
}
