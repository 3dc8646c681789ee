import { loadEnvFile } from './lib/load-env.ts';

// Whether this process is ready, as a container's health check asks: exit code 0 or 1. Asks the process's
// own listener for operations (METRICS_PORT), which workers have too; else the web server's port.

loadEnvFile();
const metricsPort = process.env['METRICS_PORT'];
const host = metricsPort ? process.env['METRICS_HOST'] : process.env['HOST'];
const isWildcard = !host || host === '0.0.0.0' || host === '::';
const address = isWildcard ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
const url = `http://${address}:${metricsPort || process.env['PORT'] || '3000'}/health/ready`;
try {
	const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
	console.log(await answer.text());
	process.exitCode = answer.ok ? 0 : 1;
} catch {
	console.log(`${url} does not answer`);
	process.exitCode = 1;
}
