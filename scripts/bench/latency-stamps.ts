/*
 * A comment of the benchmark carries in its text when it was sent: `@@` and 16 digits, microseconds
 * since 1970. Receivers look for it in the raw bytes, so that reading a message costs the same and
 * little, whoever sent it.
 */

const MARK = Buffer.from('@@');
const DIGITS = 16;
const ZERO = 48;

/** Microseconds since 1970 on the machine's clock, the same in every process. */
export function nowMicroseconds(): number {
	return Math.round((performance.timeOrigin + performance.now()) * 1_000);
}

export function stamp(microseconds: number): string {
	return `@@${String(microseconds).padStart(DIGITS, '0')}`;
}

/** The same message as if it were sent at another moment. */
export function restamp(message: string, microseconds: number): string {
	return message.replace(/@@[0-9]{16}/, stamp(microseconds));
}

/** Calls `visit` with each stamp in the bytes. */
export function eachStamp(bytes: Buffer, visit: (microseconds: number) => void): void {
	for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + DIGITS)) {
		let microseconds = 0;
		for (let digit = 0; digit < DIGITS; digit++) {
			microseconds = microseconds * 10 + (bytes[at + MARK.length + digit] ?? ZERO) - ZERO;
		}
		visit(microseconds);
	}
}
