import { describeFailure, refusalCode, refusalDetails } from '../api.ts';

/** Why a broadcast could not be added. */
export type AddRefusal = {
	readonly message: string;
	/** The show that listens to it already. */
	readonly otherShowId: string | null;
};

/** Reads what the API answered; its word on the field itself comes as it is. */
export function addRefusal(error: unknown): AddRefusal {
	const { fields, showId } = refusalDetails(error);
	const inUse = refusalCode(error) === 'LIVE_IN_USE' && typeof showId === 'string';
	return {
		message: referenceFault(fields) ?? describeFailure(error),
		otherShowId: inUse ? showId : null
	};
}

function referenceFault(fields: unknown): string | null {
	if (typeof fields !== 'object' || fields === null || !('reference' in fields)) return null;
	const { reference } = fields;
	const [first]: unknown[] = Array.isArray(reference) ? reference : [];
	return typeof first === 'string' ? first : null;
}
