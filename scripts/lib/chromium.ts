import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { findOnPath } from './on-path.ts';
import { projectRoot } from '../../src/lib/server/project-root.ts';

const run = promisify(execFile);

const packageSchema = z.object({ version: z.string() });

export type Chromium = {
	executablePath: string;
	/** The whole environment to start it with: this process's, and what this Chromium needs. */
	env: Record<string, string>;
	args: string[];
};

/** A browser run by root, as in containers, has no sandbox; and their /dev/shm is often too small. */
const ARGS = ['--no-sandbox', '--disable-dev-shm-usage'];

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_PATHS = [
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium'
];

const HOW_TO_INSTALL =
	'Install one (apt-get install chromium), or set CHROMIUM_PATH to the executable of one.';

/**
 * A Chromium for the browser tests, tried by asking it for its version: the one at CHROMIUM_PATH, else
 * one of the system, else the one from the package @sparticuz/chromium (Linux, x64 or arm64 as
 * packaged), unpacked once into node_modules/.cache with the libraries it may lack here. The result
 * can be given to Playwright: `chromium.launch(await findChromium())`.
 *
 * @throws Error that says how to install one if none works.
 */
export async function findChromium(): Promise<Chromium> {
	const chosen = process.env['CHROMIUM_PATH'];
	if (chosen) {
		const failure = await runFailure(chosen, ownEnvironment());
		if (failure === undefined) return asChromium(chosen, ownEnvironment());
		throw new Error(`The Chromium at CHROMIUM_PATH does not run: ${failure}`);
	}

	const installed = await findOnPath(SYSTEM_NAMES);
	if (process.platform === 'darwin') installed.push(...MAC_PATHS.filter(existsSync));
	for (const path of installed) {
		// Ubuntu's chromium-browser without the snap is a script that only tells so.
		if ((await runFailure(path, ownEnvironment())) === undefined) {
			return asChromium(path, ownEnvironment());
		}
	}
	return packagedChromium();
}

async function packagedChromium(): Promise<Chromium> {
	let failure: string | undefined;
	try {
		const folder = await unpackedPackage();
		const executable = join(folder, 'chromium');
		const env = { ...ownEnvironment(), FONTCONFIG_FILE: join(folder, 'fonts.conf') };
		failure = await runFailure(executable, env);
		if (failure === undefined) return asChromium(executable, env);

		// The system lacks NSS (or another library of these): use those of the package.
		const libraries = join(folder, 'al2023', 'lib');
		const path = [libraries, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
		const complete = { ...env, LD_LIBRARY_PATH: path };
		failure = await runFailure(executable, complete);
		if (failure === undefined) return asChromium(executable, complete);
	} catch (error) {
		failure = error instanceof Error ? error.message : String(error);
	}
	throw new Error(`No Chromium found that works here. ${HOW_TO_INSTALL}\n${failure}`);
}

/**
 * The folder into which @sparticuz/chromium was unpacked. The package unpacks into the folder for
 * temporary files and takes whatever file called `chromium` it finds there for its own, be it
 * half-written or somebody else's. So it gets a new folder for that, which is renamed when complete.
 */
async function unpackedPackage(): Promise<string> {
	const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
	const packageFolder = dirname(dirname(entry));
	const archives = join(packageFolder, 'bin');
	const version = await versionOf(packageFolder);
	const cache = join(projectRoot(), 'node_modules', '.cache');
	const folder = join(cache, `chromium-${version}`);
	if (existsSync(folder)) return folder;

	await mkdir(cache, { recursive: true });
	const staging = await mkdtemp(join(cache, `chromium-${version}.new-`));
	try {
		const script = `
			const { default: chromium, inflate } = await import(${JSON.stringify(pathToFileURL(entry).href)});
			await chromium.executablePath();
			await inflate(${JSON.stringify(join(archives, 'al2023.tar.br'))});`;
		await run(process.execPath, ['--input-type=module', '--eval', script], {
			env: { ...ownEnvironment(), TMPDIR: staging }
		});
		await writeFile(join(staging, 'fonts.conf'), fontConfiguration(folder));
		await rename(staging, folder);
	} catch (error) {
		await rm(staging, { recursive: true, force: true });
		// Another process may have been faster.
		if (!existsSync(folder)) throw error;
	}
	return folder;
}

async function versionOf(packageFolder: string): Promise<string> {
	const text = await readFile(join(packageFolder, 'package.json'), 'utf8');
	return packageSchema.parse(JSON.parse(text)).version;
}

/** The system's fonts, if it has any, and the one font of the package for when it has none. */
function fontConfiguration(folder: string): string {
	return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
	<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
	<dir>${join(folder, 'fonts')}</dir>
	<cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;
}

function asChromium(executablePath: string, env: Record<string, string>): Chromium {
	return { executablePath, env, args: [...ARGS] };
}

/** Starts it only to hear its version: undefined if that works, else what went wrong. */
async function runFailure(path: string, env: Record<string, string>): Promise<string | undefined> {
	try {
		const { stdout } = await run(path, ['--version'], { env, timeout: 20_000 });
		return /\d+\.\d+/.test(stdout) ? undefined : `${path} --version printed "${stdout.trim()}".`;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

function ownEnvironment(): Record<string, string> {
	const env: Record<string, string> = {};
	for (const [name, value] of Object.entries(process.env)) {
		if (value !== undefined) env[name] = value;
	}
	return env;
}
