// A process of the product as `npm start` runs it, which also ends when whoever started it is gone.
process.stdin.once('end', () => process.exit(1)).once('error', () => process.exit(1));
process.stdin.resume();
await import('../../start.ts');

export {};
