import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contextFilter, parseDockerfile } from '../../scripts/exercise/dockerfile.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('the image', () => {
	const dockerfile = read('Dockerfile');
	const instructions = parseDockerfile(dockerfile);

	test('runs the Node that everything is tested with', () => {
		const { devDependencies } = z
			.object({ devDependencies: z.object({ node: z.string() }) })
			.parse(JSON.parse(read('package.json')));
		expect(dockerfile).toContain(`ARG NODE_IMAGE=node:${devDependencies.node}-`);
	});

	test('copies only what is there and what .dockerignore lets through', () => {
		const isKept = contextFilter(read('.dockerignore'));
		const copied = instructions
			.filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from'))
			.flatMap(({ text }) => text.split(' ').slice(0, -1))
			.filter((path) => path !== '.');
		expect(copied).toContain('lua');
		for (const path of copied) {
			expect(existsSync(join(ROOT, path)), path).toBe(true);
			expect(isKept(path), path).toBe(true);
		}
	});

	test('gets no secrets, tests or history', () => {
		const isKept = contextFilter(read('.dockerignore'));
		for (const path of ['.env', '.git/HEAD', '.data/x', 'tests/e2e/a.spec.ts', 'src/a.test.ts']) {
			expect(isKept(path), path).toBe(false);
		}
	});

	test('does not run as root, in any target', () => {
		const users = instructions.filter(({ name }) => name === 'USER').map(({ text }) => text);
		expect(users.at(-1)).toBe('node');
		expect(users[0]).toBe('node');
	});
});

const compose = [['docker', 'compose'], ['docker-compose']].find(
	([command = '', ...args]) => spawnSync(command, [...args, 'version']).status === 0
);

describe.skipIf(!compose)('the compose files', () => {
	const [command = '', ...args] = compose ?? [];

	test.each([['docker-compose.yml'], ['deploy/compose.scale.yml']])(
		'%s can be read',
		(file) => {
			// The secrets' file is the operator's own.
			const env = {
				...process.env,
				POSTGRES_PASSWORD: 'x',
				ORIGIN: 'https://live.example.com',
				REDIS_URL: 'redis://r',
				DATABASE_URL: 'postgres://p'
			};
			const text = read(file).replace(/^ {2}env_file: .*\n/m, '');
			const options = { cwd: join(ROOT, file, '..'), env, input: text, encoding: 'utf8' } as const;
			const { status, stdout, stderr } = spawnSync(
				command,
				[...args, '-f', '-', 'config'],
				options
			);
			expect(stderr).not.toMatch(/error|invalid|unsupported/i);
			expect(status).toBe(0);
			const services = stdout.split(/^ {2}(?=\w[\w-]*:$)/m).slice(1);
			const ours = services.filter((service) => service.includes('image: sellary-live-assist:'));
			expect(ours.length).toBeGreaterThanOrEqual(3);
			for (const service of ours) {
				for (const line of ['read_only: true', 'cap_drop:', 'no-new-privileges:true', 'tmpfs:']) {
					expect(service, line).toContain(line);
				}
			}
		},
		60_000
	);
});
