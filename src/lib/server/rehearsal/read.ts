import { createReadStream } from 'node:fs';
import {
	parseRehearsalHeader,
	parseRehearsalLine,
	type Parsed,
	type Rehearsal,
	type RehearsalHeader,
	type RehearsalLine
} from './format.ts';
import { LineSplitter, type RawLine } from './line-splitter.ts';

/** Checking stops after this many errors: a file of the wrong kind would list every line. */
export const MAX_ERRORS = 20;

/** What is wrong with one line. `lineNumber` counts from 1. */
export type RehearsalLineError = { lineNumber: number; message: string };

/** The file is not a valid rehearsal. Nothing of it was applied. */
export class RehearsalFormatError extends Error {
	override readonly name = 'RehearsalFormatError';
	/** The first line that is wrong. */
	readonly lineNumber: number;
	/** At most {@link MAX_ERRORS}, in the order of the lines. */
	readonly errors: readonly RehearsalLineError[];

	constructor(errors: readonly RehearsalLineError[], stoppedEarly = false) {
		const lines = errors.map((error) => `Line ${error.lineNumber}: ${error.message}`);
		if (stoppedEarly) lines.push(`Checking stopped after ${errors.length} errors.`);
		super(lines.join('\n'));
		this.errors = errors;
		this.lineNumber = errors[0]?.lineNumber ?? 1;
	}
}

/**
 * Reads and validates a whole rehearsal file.
 * @param path a UTF-8 JSON Lines file (DESIGN §7); a BOM, CRLF and blank lines at the end are fine
 * @returns the header and every line with its number, in file order
 * @throws {RehearsalFormatError} when any line is wrong; the file system's own error (ENOENT,
 * EISDIR, …) when the file can't be read
 */
export async function readRehearsal(path: string): Promise<Rehearsal> {
	return parseRehearsal(createReadStream(path, { highWaterMark: 256 * 1024 }));
}

/**
 * The same for bytes from anywhere, in chunks of any size.
 * @throws {RehearsalFormatError} when any line is wrong
 */
export async function parseRehearsal(
	chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
): Promise<Rehearsal> {
	const lines = new LineSplitter();
	const check = new RehearsalCheck();
	for await (const chunk of chunks) {
		for (const line of lines.push(chunk)) check.add(line);
	}
	for (const line of lines.end()) check.add(line);
	return check.finish();
}

/** Checks line after line, and keeps what is valid until it knows whether all of it is. */
class RehearsalCheck {
	readonly #decoder = new TextDecoder('utf-8', { fatal: true });
	readonly #errors: RehearsalLineError[] = [];
	readonly #lines: Rehearsal['lines'] = [];
	#header: RehearsalHeader | undefined;
	#lineNumber = 0;
	#firstBlankLine: number | undefined;
	#last = { at: 0, lineNumber: 1 };

	/** Checks the next line. @throws {RehearsalFormatError} once there are {@link MAX_ERRORS} */
	add(raw: RawLine): void {
		this.#lineNumber += 1;
		if (this.#lineNumber === 1 && raw !== 'too_long') this.#refuseOtherEncodings(raw);
		const text = raw === 'too_long' ? undefined : this.#decode(raw);
		if (text?.trim() === '') {
			// Wrong only when something follows.
			this.#firstBlankLine ??= this.#lineNumber;
			return;
		}
		this.#refuseBlankBefore();
		if (raw === 'too_long') {
			this.#fail('The line is longer than 1 MB. Is this a rehearsal file?');
		} else if (text === undefined) {
			this.#fail('The line is not UTF-8 text. Save the file as UTF-8.');
		} else {
			this.#addText(text);
		}
	}

	/** @returns the rehearsal @throws {RehearsalFormatError} when any line was wrong */
	finish(): Rehearsal {
		if (this.#lineNumber === 0 || this.#firstBlankLine === 1) {
			throw new RehearsalFormatError([
				{ lineNumber: 1, message: 'The file is empty. Its first line must describe the show.' }
			]);
		}
		if (this.#errors.length > 0 || this.#header === undefined) {
			throw new RehearsalFormatError(this.#errors);
		}
		return { header: this.#header, lines: this.#lines };
	}

	#addText(text: string): void {
		const json = parseJson(text);
		if (!json.ok) {
			this.#fail(json.message);
		} else if (this.#lineNumber === 1) {
			const header = parseRehearsalHeader(json.value);
			if (header.ok) this.#header = header.value;
			else this.#fail(header.message);
		} else {
			const line = parseRehearsalLine(json.value);
			if (line.ok) this.#addLine(line.value);
			else this.#fail(line.message);
		}
	}

	#addLine(line: RehearsalLine): void {
		if (line.at < this.#last.at) {
			this.#fail(
				`"at" ${line.at} is earlier than ${this.#last.at} on line ${this.#last.lineNumber}. ` +
					'Lines must stand in the order of time.'
			);
			return;
		}
		this.#last = { at: line.at, lineNumber: this.#lineNumber };
		this.#lines.push({ lineNumber: this.#lineNumber, line });
	}

	#refuseOtherEncodings(firstLine: Uint8Array): void {
		const [first, second] = firstLine;
		if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
			// Every further line would be reported as well, and mean the same.
			throw new RehearsalFormatError([
				{ lineNumber: 1, message: 'The file is saved as UTF-16. Save it as UTF-8.' }
			]);
		}
	}

	#refuseBlankBefore(): void {
		if (this.#firstBlankLine === undefined) return;
		const lineNumber = this.#firstBlankLine;
		this.#firstBlankLine = undefined;
		this.#fail('The line is empty. Only the end of the file can have empty lines.', lineNumber);
	}

	#decode(bytes: Uint8Array): string | undefined {
		try {
			return this.#decoder.decode(bytes);
		} catch {
			return undefined;
		}
	}

	#fail(message: string, lineNumber = this.#lineNumber): void {
		this.#errors.push({ lineNumber, message });
		if (this.#errors.length >= MAX_ERRORS) throw new RehearsalFormatError(this.#errors, true);
	}
}

function parseJson(text: string): Parsed<unknown> {
	try {
		const value: unknown = JSON.parse(text);
		return { ok: true, value };
	} catch (error) {
		// V8 names a position, but as "line 1 column 13", which would contradict our line number.
		const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
		const near = position === undefined ? '' : `, near character ${Number(position) + 1}`;
		return {
			ok: false,
			message: `The line is not complete JSON (a quote, comma or bracket is missing or too many${near}). Each line must be one whole JSON object.`
		};
	}
}
