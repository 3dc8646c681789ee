/** A recorded comment is at most 20,000 characters; a longer line than this is not a rehearsal. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** A line without its line feed, or the fact that it is longer than {@link MAX_LINE_BYTES}. */
export type RawLine = Uint8Array | 'too_long';

/** Cuts chunks at line feeds. Holds one unfinished line, of bounded size. */
export class LineSplitter {
	#parts: Uint8Array[] = [];
	#sizeBytes = 0;

	/** @returns the lines that this chunk completes; valid until the next call */
	*push(chunk: Uint8Array): Generator<RawLine> {
		let start = 0;
		for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
			this.#keep(chunk.subarray(start, end));
			yield this.#take();
			start = end + 1;
		}
		if (start < chunk.length) this.#keep(chunk.subarray(start), 'copy');
	}

	/** @returns what stands after the last line feed, if anything */
	*end(): Generator<RawLine> {
		if (this.#sizeBytes > 0) yield this.#take();
	}

	/** A part that outlives its chunk is copied: the source may use the chunk's memory again. */
	#keep(part: Uint8Array, how: 'view' | 'copy' = 'view'): void {
		this.#sizeBytes += part.length;
		if (this.#sizeBytes > MAX_LINE_BYTES) this.#parts = [];
		else this.#parts.push(how === 'copy' ? new Uint8Array(part) : part);
	}

	#take(): RawLine {
		const [parts, sizeBytes] = [this.#parts, this.#sizeBytes];
		this.#parts = [];
		this.#sizeBytes = 0;
		if (sizeBytes > MAX_LINE_BYTES) return 'too_long';
		const only = parts[0];
		return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
	}
}
