import type { CodeableConcept } from '../../../schema/values.ts';
import { SYSTEM } from '../../vendor/concept.ts';
import { codeTable } from '../../vendor/table.ts';
import { declined, isDeclined } from './declined.ts';

/** ISO 639-2/T, which athenaNet takes and gives, with its ISO 639-1 code, the one that BCP 47 wants. */
const ISO_639 =
  'aar aa,abk ab,afr af,aka ak,amh am,ara ar,arg an,asm as,ava av,ave ae,aym ay,aze az,bak ba,bam bm,bel be,ben bn,' +
  'bis bi,bod bo,bos bs,bre br,bul bg,cat ca,ces cs,cha ch,che ce,chu cu,chv cv,cor kw,cos co,cre cr,cym cy,dan da,' +
  'deu de,div dv,dzo dz,ell el,eng en,epo eo,est et,eus eu,ewe ee,fao fo,fas fa,fij fj,fin fi,fra fr,fry fy,ful ff,' +
  'gla gd,gle ga,glg gl,glv gv,grn gn,guj gu,hat ht,hau ha,heb he,her hz,hin hi,hmo ho,hrv hr,hun hu,hye hy,ibo ig,' +
  'ido io,iii ii,iku iu,ile ie,ina ia,ind id,ipk ik,isl is,ita it,jav jv,jpn ja,kal kl,kan kn,kas ks,kat ka,kau kr,' +
  'kaz kk,khm km,kik ki,kin rw,kir ky,kom kv,kon kg,kor ko,kua kj,kur ku,lao lo,lat la,lav lv,lim li,lin ln,lit lt,' +
  'ltz lb,lub lu,lug lg,mah mh,mal ml,mar mr,mkd mk,mlg mg,mlt mt,mon mn,mri mi,msa ms,mya my,nau na,nav nv,nbl nr,' +
  'nde nd,ndo ng,nep ne,nld nl,nno nn,nob nb,nor no,nya ny,oci oc,oji oj,ori or,orm om,oss os,pan pa,pli pi,pol pl,' +
  'por pt,pus ps,que qu,roh rm,ron ro,run rn,rus ru,sag sg,san sa,sin si,slk sk,slv sl,sme se,smo sm,sna sn,snd sd,' +
  'som so,sot st,spa es,sqi sq,srd sc,srp sr,ssw ss,sun su,swa sw,swe sv,tah ty,tam ta,tat tt,tel te,tgk tg,tgl tl,' +
  'tha th,tir ti,ton to,tsn tn,tso ts,tuk tk,tur tr,twi tw,uig ug,ukr uk,urd ur,uzb uz,ven ve,vie vi,vol vo,wln wa,' +
  'wol wo,xho xh,yid yi,yor yo,zha za,zho zh,zul zu';

const LANGUAGE = codeTable(Object.fromEntries(ISO_639.split(',').map((pair) => pair.split(' ') as [string, string])));
const NAMES = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** `eng` with its BCP 47 code and English name beside it; a code outside the table alone, as it is. */
export const toLanguage = (raw: string | undefined): CodeableConcept | undefined => {
  if (raw === undefined) return undefined;
  if (isDeclined(raw)) return declined(raw);
  const tag = LANGUAGE.to(raw);
  if (tag === undefined) return { codings: [{ system: SYSTEM.iso639, code: raw }], text: null };
  const display = NAMES.of(tag) ?? null;
  return {
    codings: [
      { system: SYSTEM.bcp47, code: tag, display },
      { system: SYSTEM.iso639, code: raw.toLowerCase(), display },
    ],
    text: display,
  };
};

/** The code that athenaNet takes: `en`, `en-US` and `eng` are `eng`. `undefined`: it has none for this language. */
export const fromLanguage = (language: CodeableConcept): string | undefined => {
  if (language.codings.some(({ system }) => system === SYSTEM.nullFlavor)) return 'declined';
  for (const { system, code } of language.codings) {
    if (system === SYSTEM.iso639) return code;
    const known = LANGUAGE.from(code.split('-')[0]?.toLowerCase());
    if (known !== undefined) return known;
    if (LANGUAGE.to(code) !== undefined) return code.toLowerCase();
  }
  return undefined;
};
