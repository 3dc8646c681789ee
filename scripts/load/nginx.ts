import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../src/lib/server/project-root.ts';
import { findOnPath, isExecutableFile } from '../lib/on-path.ts';
import { startGuarded } from '../services/guarded-process.ts';
import { LOOPBACK } from '../services/loopback.ts';

const START_TIMEOUT_MS = 10_000;
const POLL_MS = 20;
const SBIN = '/usr/sbin/nginx';

export type NginxOptions = {
	/** From `findNginx`. */
	readonly executable: string;
	/** For its files; the caller removes it. */
	readonly folder: string;
	readonly port: number;
	readonly webPorts: readonly number[];
};

/** The nginx of this machine, if it has one. Debian puts it where only root's PATH looks. */
export async function findNginx(): Promise<string | undefined> {
	const [found] = await findOnPath(['nginx']);
	return found ?? ((await isExecutableFile(SBIN)) ? SBIN : undefined);
}

/** The file that we ship, with the addresses of this run in place of those marked CHANGE. */
async function siteFor({ folder, port, webPorts }: NginxOptions): Promise<string> {
	const shipped = await readFile(join(projectRoot(), 'deploy', 'nginx', 'sellary.conf'), 'utf8');
	const servers = /(?:^\tserver 127\.0\.0\.1:\d+ .*\n)+/gm;
	if (shipped.search(servers) < 0)
		throw new Error('deploy/nginx/sellary.conf names no web process');
	return shipped
		.replace(servers, (lines) => {
			const [line = ''] = lines.split('\n', 1);
			return webPorts.map((web) => `${line.replace(/:\d+/, `:${web}`)}\n`).join('');
		})
		.replace(/^\tlisten 80;$/m, `\tlisten ${LOOPBACK}:${port};`)
		.replace('/var/log/nginx/access.log', join(folder, 'access.log'));
}

/**
 * Starts nginx on a loopback port with the site that we ship, in front of web processes. Throws an `Error`
 * with nginx's own words when it does not start.
 */
export async function startNginx(options: NginxOptions): Promise<{ stop(): Promise<void> }> {
	const { executable, folder, port } = options;
	await mkdir(folder, { recursive: true, mode: 0o755 });
	const site = join(folder, 'sellary.conf');
	await writeFile(site, await siteFor(options));
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
		.map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
		.join('\n');
	const main = join(folder, 'nginx.conf');
	await writeFile(
		main,
		`daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid ${join(folder, 'nginx.pid')};
error_log stderr error;
events { worker_connections 8192; }
http {
${temporary}
include ${site};
}
`
	);
	const args = ['-c', main, '-p', folder, '-e', 'stderr'];
	const server = startGuarded({ command: executable, args, cwd: folder, stopSignal: 'TERM' });
	const deadline = performance.now() + START_TIMEOUT_MS;
	while (!(await answers(port))) {
		if (server.hasExited() || performance.now() > deadline) {
			await server.stop();
			throw new Error(`nginx did not start:\n${server.output()}`);
		}
		await sleep(POLL_MS);
	}
	return { stop: server.stop };
}

/** Whatever it answers: the processes behind it may not be there yet. */
async function answers(port: number): Promise<boolean> {
	return await fetch(`http://${LOOPBACK}:${port}/metrics`, {
		signal: AbortSignal.timeout(2_000)
	}).then(
		() => true,
		() => false
	);
}
