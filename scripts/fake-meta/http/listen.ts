import type { Server } from 'node:http';

/** Listens on a port of 127.0.0.1, any free one for 0. Returns the origin. @throws when it is taken */
export function listen(server: Server, port: number): Promise<string> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			const address = server.address();
			if (address === null || typeof address === 'string') reject(new Error('no port'));
			else resolve(`http://127.0.0.1:${address.port}`);
		});
	});
}
