/**
 * How long BullMQ keeps jobs: what is done is forgotten, what failed for good stays a week to be looked at.
 * By itself it would keep both for ever, in a Redis that must not evict.
 */
export const RETENTION = {
	removeOnComplete: true,
	removeOnFail: { count: 100, age: 7 * 24 * 60 * 60 }
} as const;
