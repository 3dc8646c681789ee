import { AppError } from '../errors.ts';

/** Refuses words that would mean both. They must be normalised. */
export function assertWordsDiffer(words: {
	readonly claimWord: string;
	readonly passWord: string;
}): void {
	if (words.claimWord !== words.passWord) return;
	const message = 'The claim word and the pass word must differ.';
	throw new AppError('INVALID_INPUT', { message, details: { fields: { passWord: [message] } } });
}
