import { existsSync } from 'node:fs';
import { Server } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isInsecureOrigin } from '../src/lib/server/auth/session-cookie.ts';
import { ConfigError, readConfig } from '../src/lib/server/config.ts';
import type { Config } from '../src/lib/server/config.ts';
import { describeError } from '../src/lib/server/observability/logger.ts';
import { protectHttpServer } from '../src/lib/server/protection/http-server.ts';
import { Shutdown } from '../src/lib/server/shutdown.ts';
import { dispatchUpgrade, refuseUpgrade } from '../src/lib/server/trpc/upgrade-slot.ts';
import { loadEnvFile } from './lib/load-env.ts';
import { projectRoot } from '../src/lib/server/project-root.ts';

// `npm start`: production. ROLE chooses what this process does: serve pages, consoles and the API
// (`web`), write history (`worker`), or both (`all`).

/** The HTTP server of a build of adapter-node: `export { server }`, with Node's server in it. */
function nodeServer(built: unknown): Server {
	if (typeof built === 'object' && built !== null && 'server' in built) {
		const { server } = built;
		if (typeof server === 'object' && server !== null && 'server' in server) {
			if (server.server instanceof Server) return server.server;
		}
	}
	throw new Error('build/index.js does not export a server: was it built with adapter-node?');
}

async function serveWeb(config: Config): Promise<void> {
	const entry = join(projectRoot(), 'build', 'index.js');
	if (!existsSync(entry)) {
		console.error('There is no build yet. Run `npm run build` first.');
		process.exitCode = 1;
		return;
	}
	// The API bounds bodies by itself; adapter-node's own bound of 512 KB would refuse a recorded show.
	process.env['BODY_SIZE_LIMIT'] ||= '12M';
	// Seconds that requests in flight may take once the process was asked to stop; then they are cut.
	process.env['SHUTDOWN_TIMEOUT'] ||= '5';
	// adapter-node reads its settings from the environment when it is imported, then listens.
	const server = nodeServer(await import(pathToFileURL(entry).href));
	protectHttpServer(server, {
		https: config.origin?.startsWith('https:') ?? false,
		env: process.env
	});
	server.on('upgrade', (request, socket, head) => {
		if (!dispatchUpgrade(request, socket, head)) refuseUpgrade(socket, 404, 'Not found.');
	});
}

async function serveWorker(config: Config): Promise<void> {
	const { createAppContext } = await import('../src/lib/server/context.ts');
	const context = await createAppContext(config);
	const { startOperationsServer } =
		await import('../src/lib/server/observability/operations-server.ts');
	const operations = await startOperationsServer({ ...context, settings: config.metrics });
	const shutdown = new Shutdown({
		retire: context.retire,
		close: async () => {
			await context.close();
			await operations?.close();
		},
		logger: context.logger
	});
	context.logger.info('worker started');
	// Timers of idle connections may be unreferenced; the process stays until it is told to go.
	const alive = setInterval(() => undefined, 60_000);
	const stop = () => {
		clearInterval(alive);
		void shutdown.finish();
	};
	process.once('SIGTERM', stop);
	process.once('SIGINT', stop);
}

async function start(): Promise<void> {
	const config = readConfig(process.env);
	if (config.role === 'worker') return await serveWorker(config);
	if (isInsecureOrigin(config)) {
		console.error(
			`ORIGIN is ${config.origin}: over plain http browsers drop the session cookie, and nobody can sign in. Serve it over https.`
		);
	}
	if (config.origin?.startsWith('https:') && config.trustedProxyHeader === null) {
		console.error(
			'TRUSTED_PROXY_HEADER is not set: behind a proxy all visitors count as one address, and share its limits.'
		);
	}
	await serveWeb(config);
}

loadEnvFile();
process.env['NODE_ENV'] ||= 'production';
// As process 1 of a container a process ignores the signals that it does not ask for.
const endEarly = () => process.exit(0);
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, endEarly);
try {
	await start();
	for (const signal of ['SIGTERM', 'SIGINT']) process.off(signal, endEarly);
} catch (error) {
	if (error instanceof ConfigError) {
		console.error(`${error.message}\n\nTo try Sellary without servers of your own: npm run demo`);
	} else console.error('Sellary could not start:', describeError(error));
	process.exit(1);
}
