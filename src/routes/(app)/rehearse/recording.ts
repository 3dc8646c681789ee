/** Most characters that the API takes in one file. */
export const MAX_RECORDING_CHARS = 4_000_000;
/** A line is shown so far. */
const MAX_EXCERPT = 120;

/** A recorded show as the operator chose it; the server checks its lines. */
export type Recording = {
	readonly name: string;
	readonly text: string;
	readonly lines: readonly string[];
};

export type RecordingResult =
	| { readonly ok: true; readonly recording: Recording }
	| { readonly ok: false; readonly message: string };

/** Reads a chosen file. Browser only. */
export async function readRecording(file: File): Promise<RecordingResult> {
	// UTF-8 has at least as many bytes as UTF-16 units, at most three for each.
	if (file.size > MAX_RECORDING_CHARS * 3) return tooLarge;
	try {
		const bytes = await file.arrayBuffer();
		const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		if (text.length > MAX_RECORDING_CHARS) return tooLarge;
		return { ok: true, recording: { name: file.name, text, lines: text.split(/\r\n|\n/) } };
	} catch {
		return {
			ok: false,
			message: `“${file.name}” is no text in UTF-8. A recorded show is a .jsonl file: one JSON object per line.`
		};
	}
}

const tooLarge: RecordingResult = {
	ok: false,
	message: 'The file is larger than 4 MB. Play a part of the recording.'
};

/** The beginning of a line of the recording; empty when there is none. `lineNumber`: from 1. */
export function excerpt(recording: Recording, lineNumber: number): string {
	const line = recording.lines[lineNumber - 1] ?? '';
	return line.length <= MAX_EXCERPT ? line : `${line.slice(0, MAX_EXCERPT - 1).toWellFormed()}…`;
}
