import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
	createWriteStream,
	existsSync,
	mkdirSync,
	renameSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import type { WriteStream } from 'node:fs';
import { join } from 'node:path';
import { FREEZE, frozenFile } from '../../../src/lib/server/failpoints.ts';
import type { Failpoint } from '../../../src/lib/server/failpoints.ts';
import { projectRoot } from '../../../src/lib/server/project-root.ts';
import { within } from './within.ts';

const STOP_TIMEOUT_MS = 5_000;

/**
 * A process of the product, started as `npm start` does. Whatever ends it, the stage starts it again, as
 * a supervisor in production would.
 */
export class AppProcess {
	readonly name: string;
	readonly #env: Record<string, string>;
	readonly #failpoints: string;
	readonly #log: WriteStream;
	#child: ChildProcess | null = null;
	#ended: Promise<void> = Promise.resolve();

	constructor(name: string, folder: string, env: Record<string, string>) {
		this.name = name;
		this.#failpoints = join(folder, `failpoints-${name}`);
		mkdirSync(this.#failpoints, { recursive: true });
		this.#env = { ...env, FAILPOINTS: this.#failpoints };
		this.#log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
	}

	start(): void {
		const child = spawn(process.execPath, [join(import.meta.dirname, 'app-entry.ts')], {
			cwd: projectRoot(),
			stdio: ['pipe', 'pipe', 'pipe'],
			env: { PATH: process.env['PATH'] ?? '', ...this.#env }
		});
		// A write to a process that was killed is no error.
		child.stdin.on('error', () => undefined);
		child.stdout.pipe(this.#log, { end: false });
		child.stderr.pipe(this.#log, { end: false });
		this.#child = child;
		this.#ended = new Promise((resolve) => child.once('exit', () => resolve()));
	}

	get isRunning(): boolean {
		return this.#child?.exitCode === null && this.#child.signalCode === null;
	}

	/** SIGKILL, returns when it is gone. */
	async kill(): Promise<void> {
		if (this.isRunning) this.#child?.kill('SIGKILL');
		await this.#ended;
	}

	/** SIGSTOP: it holds its connections and locks, and does nothing. */
	freeze(): void {
		this.#child?.kill('SIGSTOP');
	}

	thaw(): void {
		this.#child?.kill('SIGCONT');
	}

	/** It dies at this failpoint, when it comes there, or kills the process with this number. */
	arm(point: Failpoint, victim?: number): void {
		this.#order(point, victim === undefined ? '' : String(victim));
	}

	/** It freezes at this failpoint, when it comes there, until it is disarmed and thawed. */
	armFreeze(point: Failpoint): void {
		this.#order(point, FREEZE);
	}

	isFrozenAt(point: Failpoint): boolean {
		return existsSync(frozenFile(join(this.#failpoints, point)));
	}

	disarm(point: Failpoint): void {
		const file = join(this.#failpoints, point);
		for (const armed of [file, frozenFile(file)]) rmSync(armed, { force: true });
	}

	/** Put there as a whole: a file that is still empty would be another order. */
	#order(point: Failpoint, order: string): void {
		const file = join(this.#failpoints, point);
		writeFileSync(`${file}.new`, order);
		renameSync(`${file}.new`, file);
	}

	/** Waits for its end. False when it still runs after that time. */
	async endsWithin(ms: number): Promise<boolean> {
		await within(ms, this.#ended);
		return !this.isRunning;
	}

	async stop(): Promise<void> {
		if (this.isRunning) {
			this.thaw();
			this.#child?.kill('SIGTERM');
			if (!(await this.endsWithin(STOP_TIMEOUT_MS))) await this.kill();
		}
		this.#log.end();
	}
}
