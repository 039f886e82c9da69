extension Synonyms {
  /// What an index uses while the shop has no file of its own: electronics, home, clothes, brands in both scripts.
  public static let starter = Synonyms(reading: starterText, source: "starter")

  /// The starter as a file that a seller can go on with.
  public static let starterText = """
    # Words that mean the same to buyers. 'a, b, c': each finds all. 'a => b': a finds b, b does not find a.

    # Brands in both scripts
    apple, эппл, эпл, яблоко
    iphone, айфон
    ipad, айпад
    macbook, макбук
    airpods, аирподс, эирподс, эйрподс
    samsung, самсунг, самсунк
    galaxy, гэлакси, гелакси, галакси
    xiaomi, сяоми, ксиаоми, шаоми
    redmi, редми
    poco, поко
    huawei, хуавей, хуавэй
    honor, хонор
    realme, реалми, рилми
    lenovo, леново
    asus, асус
    acer, эйсер, асер
    sony, сони
    playstation, ps4, ps5, плейстейшн, плейстейшен
    xbox, иксбокс
    philips, филипс
    bosch, бош
    tefal, тефаль
    braun, браун
    dyson, дайсон
    karcher, kärcher, керхер, кархер
    gree, гри
    keenetic, кинетик
    razer, рейзер
    dewalt, деволт
    haier, хайер, хаер
    reebok, рибок
    new balance, нью баланс
    columbia, коламбия, колумбия
    calvin klein, кельвин кляйн, келвин кляйн
    skechers, скетчерс
    michelin, мишлен
    lavazza, лавацца, лаваца
    huggies, хаггис
    pantene, пантин
    whiskas, вискас
    canon, кэнон, канон
    logitech, логитек, лоджитек
    jbl, жбл
    lg, элджи
    hp, hewlett packard
    wd, western digital
    nike, найк
    adidas, адидас
    ikea, икеа
    lego, лего
    intel, интел
    nvidia, нвидиа

    # Electronics
    ноутбук, лаптоп, laptop, notebook
    смартфон, телефон, мобильник, мобильный телефон, smartphone, mobile phone, cell phone, cellphone
    сотка => телефон, смартфон
    phone => smartphone
    телевизор, телик, tv, television, теледидар
    наушники, headphones, headset, earphones, earbuds, гарнитура, құлаққап
    колонка, speaker, динамик
    зарядка, зарядное устройство, зарядник, charger, power adapter
    кабель, шнур, провод, cable, cord
    мышь, мышка, mouse
    клавиатура, клава, keyboard
    монитор, monitor, display
    принтер, printer
    мфу, multifunction printer, all in one printer
    картридж, cartridge, тонер, toner, ink
    флешка, флэшка, usb накопитель, usb flash drive, flash drive, usb stick, memory stick, pendrive
    карта памяти, memory card, sd card
    жесткий диск, hdd, hard drive, hard disk, hard disk drive
    ssd, твердотельный накопитель, solid state drive, solid state
    оперативная память, озу, ram, memory module
    видеокарта, graphics card, video card, gpu
    процессор, cpu, processor
    материнская плата, motherboard, mainboard
    блок питания, psu, power supply
    роутер, маршрутизатор, router
    вайфай, wifi, wi-fi, wireless lan, wlan
    блютуз, bluetooth
    беспроводной, wireless, cordless
    планшет, tablet
    часы, watch, сағат
    смарт часы, умные часы, smart watch, smartwatch
    фитнес браслет, fitness tracker, activity tracker
    камера, фотоаппарат, camera
    dslr => slr, digital camera
    веб камера, вебка, webcam, web camera
    объектив, lens
    штатив, tripod
    проектор, projector, beamer
    приставка, консоль, game console, gaming console
    павербанк, повербанк, пауэрбанк, внешний аккумулятор, power bank, powerbank, portable charger
    аккумулятор, battery, батарея
    батарейка, батарейки, batteries
    ups, ибп, uninterruptible power supply
    переходник, адаптер, adapter
    удлинитель, extension cord, power strip
    чехол, case, cover, sleeve
    кронштейн, крепление, mount, bracket
    nas, network attached storage
    ethernet, lan
    dvr, видеорегистратор, dash cam, dashcam

    # Home
    холодильник, refrigerator, fridge, тоңазытқыш
    морозильник, морозильная камера, freezer
    стиральная машина, стиралка, washing machine, washer, кір жуғыш машина
    сушильная машина, tumble dryer, clothes dryer
    посудомойка, посудомоечная машина, dishwasher
    пылесос, vacuum cleaner, vacuum, hoover, шаңсорғыш
    робот пылесос, robot vacuum
    микроволновка, микроволновая печь, свч, microwave, microwave oven
    духовка, духовой шкаф, oven
    плита, cooker, stove
    варочная панель, варочная поверхность, hob, cooktop
    вытяжка, cooker hood, range hood
    чайник, kettle, шәйнек
    кофемашина, coffee machine, espresso machine
    кофеварка, coffee maker
    мясорубка, meat grinder
    блендер, blender
    утюг, iron, үтік
    фен, hair dryer, hairdryer
    машинка для стрижки, триммер, hair clipper, trimmer
    бритва, электробритва, shaver, razor
    кондиционер, сплит система, air conditioner
    увлажнитель, humidifier
    вентилятор, fan
    обогреватель, heater
    весы, scale, scales
    лампа, светильник, lamp
    светодиодный, led
    диван, sofa, couch
    кресло, armchair
    стол, table, desk, үстел
    стул, chair, орындық
    кровать, bed, төсек
    матрас, матрац, mattress
    подушка, pillow, жастық
    одеяло, blanket, duvet, көрпе
    ковер, rug, carpet, кілем
    штора, занавеска, curtain
    кастрюля, pot, saucepan, кәстрөл
    сковорода, сковородка, frying pan, таба
    казан, қазан
    тарелка, plate
    кружка, чашка, mug, cup, кесе
    полотенце, towel, сүлгі
    дрель, drill
    шуруповерт, шурик, screwdriver

    # Clothes
    кроссовки, кеды, sneakers, trainers
    футболка, t-shirt, tshirt, tee
    толстовка, худи, hoodie, sweatshirt
    куртка, jacket, күрте
    брюки, штаны, trousers, pants, шалбар
    джинсы, jeans
    платье, dress, көйлек
    рюкзак, backpack, ранец
    сумка, bag, сөмке
    перчатки, gloves
    носки, socks, шұлық
    обувь, shoes, footwear, аяқ киім
    детский, kids, children, балалар
    женский, women, womens, ladies, әйел
    мужской, men, mens, ер
    черный, black, қара
    белый, white, ақ
    красный, red, қызыл
    синий, blue, көк
    зеленый, green, жасыл
    серый, gray, grey, сұр
    розовый, pink
    желтый, yellow, сары
    """
}
