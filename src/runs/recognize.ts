import { isKey } from '../config/fields';

/** The content of a file, seen from its first bytes. */
export type Recognized =
  | { kind: 'weights' | 'table' | 'text' | 'unknown' }
  /** A record of a run, or settings alone; with the settings that it names, none checked. */
  | { kind: 'record' | 'settings'; settings: Record<string, unknown> }
  /** A format that nothing here reads, and the way to one that is read. */
  | { kind: 'other'; what: string; advice?: string };

/** Bytes of a file that are looked at. */
export const HEAD_BYTES = 2 ** 20;

const SAVE = 'Save the weights with safetensors.torch.save_file(model.state_dict(), …).';
const PICKLE = { what: 'a Python pickle, as PyTorch’s .pt files are', advice: SAVE };
const ARCHIVE = { advice: 'Unpack it first.' };

/** Formats by their first bytes, in Latin-1; the first that fits counts. */
const FORMATS: [RegExp, { what: string; advice?: string }][] = [
  [/^PK\x03\x04[^]*data\.pkl/, { what: 'a PyTorch file (.pt)', advice: SAVE }],
  [/^PK\x03\x04[^]*\.npy/, { what: 'a NumPy archive (.npz)', advice: 'Save it as safetensors.' }],
  [/^PK(\x03\x04|\x05\x06)/, { what: 'a zip archive', ...ARCHIVE }],
  [/^\x1f\x8b/, { what: 'a gzip archive', ...ARCHIVE }],
  [
    /^BZh|^\xfd7zXZ|^\x28\xb5\x2f\xfd|^7z\xbc\xaf|^[^]{257}ustar/,
    { what: 'an archive', ...ARCHIVE },
  ],
  [/^\x80[\x02-\x05]/, PICKLE],
  [/^\x93NUMPY/, { what: 'a NumPy array (.npy)', advice: 'Save it as safetensors.' }],
  [/^\x89HDF/, { what: 'an HDF5 file', advice: 'Save its weights as safetensors.' }],
  [/^GGUF/, { what: 'a GGUF file', advice: 'Save its weights as safetensors.' }],
  [/^\x89PNG/, { what: 'a picture (PNG)' }],
  [/^\xff\xd8\xff/, { what: 'a picture (JPEG)' }],
  [/^GIF8/, { what: 'a picture (GIF)' }],
  [/^RIFF[^]{4}WEBP/, { what: 'a picture (WebP)' }],
  [/^BM[^]{4}\0\0\0\0/, { what: 'a picture (BMP)' }],
  [/^\xff\xfe|^\xfe\xff/, { what: 'a text in UTF-16', advice: 'Save it as UTF-8.' }],
  [/^RIFF|^ID3|^OggS|^fLaC|^[^]{4}ftyp/, { what: 'sound or film' }],
  [/^\x7fELF|^MZ|^\0asm/, { what: 'a program' }],
  [/^SQLite format 3\0/, { what: 'a database' }],
];

/** Formats that may be written in nothing but letters. */
const LETTERED: typeof FORMATS = [
  [/^%PDF-/, { what: 'a PDF', advice: 'Save its text as UTF-8.' }],
  [/^\{\\rtf/, { what: 'a formatted text (RTF)', advice: 'Save it as plain text in UTF-8.' }],
];

/** A header’s length of eight bytes, and a JSON object. */
const isWeights = (bytes: Uint8Array): boolean =>
  bytes.length > 9 && bytes[8] === 0x7b && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0;

const objectOf = (json: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown> | null)
      : null;
  } catch {
    return null;
  }
};

/** A record names itself and its settings, which are flat, before its frames: it need not be read whole. */
function recognizeText(text: string): Recognized {
  const head = text.trimStart();
  if (head.startsWith('{')) {
    if (/"format"\s*:\s*"normscope-record"/.test(head.slice(0, 1000))) {
      const config = /"config"\s*:\s*(\{[^{}]*\})/.exec(head)?.[1];
      return { kind: 'record', settings: (config && objectOf(config)) || {} };
    }
    const { v: _, ...settings } = objectOf(head) ?? {};
    if (Object.keys(settings).some(isKey)) return { kind: 'settings', settings };
  }
  return { kind: /^"?step"?[,;\t]"?(loss\b|[\w.]+\/\w)/.test(head) ? 'table' : 'text' };
}

/**
 * The content of a file by its bytes, whatever its name says.
 *
 * @param bytes the first `HEAD_BYTES` of it, or all
 */
export function recognize(bytes: Uint8Array): Recognized {
  const latin = String.fromCharCode(...bytes.subarray(0, 4096));
  const formatIn = (formats: typeof FORMATS): Recognized | null => {
    const format = formats.find(([form]) => form.test(latin))?.[1];
    return format ? { kind: 'other', ...format } : null;
  };
  const text = textOf(bytes);
  if (text !== null) return formatIn(LETTERED) ?? recognizeText(text);
  if (isWeights(bytes)) return { kind: 'weights' };
  return formatIn([...LETTERED, ...FORMATS]) ?? { kind: 'unknown' };
}

/** A text in UTF-8; its last character may be cut, as more may come. Null where it is none. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

/** What a file is, in a sentence; null where its content does not tell more than its name. */
export function described(found: Recognized): string | null {
  switch (found.kind) {
    case 'record':
      return 'It is a record: the settings of a run and what it measured.';
    case 'settings':
      return 'It holds settings.';
    case 'table':
      return 'It is a table of what a run measured, which is not read back; a record in JSON names its settings.';
    case 'weights':
      return 'It is a weights file.';
    case 'other':
      return [`It is ${found.what}.`, found.advice].filter(Boolean).join(' ');
    case 'text':
    case 'unknown':
      return null;
  }
}
