export { digestInfo, defaultHash, ecdsaDer, HASH_LENGTH, HASH_OID, type HashName, type Scheme } from './algorithms.ts';
export { attributesDigest, signedAttributes, signedData, type SignedDataParts } from './build.ts';
export { readCertificate, type Certificate, type CertificateKey, type KeyUsage } from './certificate.ts';
export { holds, inspectCms, type InspectedCms } from './inspect.ts';
