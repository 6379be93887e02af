export { parseSize } from '../../../core/sizes.ts';
